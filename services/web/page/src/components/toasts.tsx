import { useEffect, useState } from 'preact/hooks';
import { useAlmanac } from '../almanac';
import type { Toast } from '../state/toasts';
import { Icon } from './icon';

/** Milliseconds: long enough to read and to decide; a toast under the pointer or with the focus waits. */
const STAY = 8000;

/** The news at the edge of the page, spoken by screen readers as they come. */
export function Toasts() {
  const { toasts } = useAlmanac();
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.shown.value.map((toast) => (
        <Slip key={toast.id} toast={toast} onGone={() => toasts.dismiss(toast.id)} />
      ))}
    </div>
  );
}

function Slip({ toast: { text, tone, action }, onGone }: { toast: Toast; onGone: () => void }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onGone, STAY);
    return () => clearTimeout(timer);
  }, [held]);
  const hold = (value: boolean) => () => setHeld(value);
  return (
    <div
      class="toast"
      data-tone={tone}
      onMouseEnter={hold(true)}
      onMouseLeave={hold(false)}
      onFocusIn={hold(true)}
      onFocusOut={hold(false)}
    >
      <p>{text}</p>
      {action && (
        <button
          type="button"
          class="toast-action"
          onClick={() => {
            onGone();
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={onGone}>
        <Icon name="close" />
      </button>
    </div>
  );
}
