import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface DialogProps {
  label: string;
  class?: string;
  /** Called when the dialog is to go: Escape, or a click beside it. */
  onClose: () => void;
  children: ComponentChildren;
}

/**
 * A modal dialog: the browser's own, which keeps the focus inside and the page behind inert. Where
 * the focus was before, it is again afterwards, as long as that is still there.
 */
export function Dialog({ label, class: name = '', onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const dialog = ref.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`dialog ${name}`}
      aria-label={label}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      <div class="dialog-sheet">{children}</div>
    </dialog>
  );
}
