import { signal, type ReadonlySignal } from '@preact/signals';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'done' | 'trouble';
  readonly action?: { label: string; run: () => void } | undefined;
}

export interface Toasts {
  readonly shown: ReadonlySignal<readonly Toast[]>;
  readonly say: (text: string, action?: Toast['action']) => void;
  readonly warn: (text: string, action?: Toast['action']) => void;
  readonly dismiss: (id: number) => void;
  /** Does what the newest toast offers, e.g. takes a deletion back. @returns whether there was anything */
  readonly act: () => boolean;
}

/** Short news at the edge of the page. The newest comes last; three are enough. */
export function createToasts(): Toasts {
  const shown = signal<readonly Toast[]>([]);
  let count = 0;
  const add = (tone: Toast['tone']) => (text: string, action?: Toast['action']) => {
    shown.value = [...shown.value, { id: ++count, text, tone, action }].slice(-3);
  };
  const dismiss = (id: number) => {
    shown.value = shown.value.filter((toast) => toast.id !== id);
  };
  return {
    shown,
    say: add('done'),
    warn: add('trouble'),
    dismiss,
    act: () => {
      const newest = shown.value.findLast(({ action }) => action);
      if (!newest) return false;
      dismiss(newest.id);
      newest.action?.run();
      return true;
    },
  };
}
