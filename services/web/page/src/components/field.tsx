import { cloneElement, type VNode } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** What is wrong with it, if anything. */
  issue?: string | undefined;
  children: VNode<{ id?: string; 'aria-describedby'?: string; 'aria-invalid'?: boolean }>;
}

/** A control with its name above, and what is to be said about it below; screen readers hear all three. */
export function Field({ label, hint, issue, children }: FieldProps) {
  const id = useId();
  const note = issue ?? hint;
  return (
    <div class="field" data-invalid={issue !== undefined}>
      <label for={id}>{label}</label>
      {cloneElement(children, {
        id,
        ...(note ? { 'aria-describedby': `${id}-note` } : {}),
        ...(issue ? { 'aria-invalid': true } : {}),
      })}
      {note && (
        <p id={`${id}-note`} class="field-note">
          {note}
        </p>
      )}
    </div>
  );
}
