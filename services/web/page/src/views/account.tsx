import { useSignal } from '@preact/signals';
import { useAlmanac } from '../almanac';
import { explain, Refused } from '../api/http';
import { Dialog } from '../components/dialog';
import { Field } from '../components/field';
import { ZoneSelect } from '../components/zone-select';

/** Where one changes one's name, and the zone one lives in. */
export function AccountDialog({ onClose }: { onClose: () => void }) {
  const { session, toasts } = useAlmanac();
  const account = session.account.value;
  const name = useSignal(account?.name ?? '');
  const zone = useSignal(account?.zone ?? 'UTC');
  const trouble = useSignal<unknown>(null);

  const save = async () => {
    trouble.value = null;
    try {
      await session.update({ name: name.value.trim(), zone: zone.value });
      toasts.say('Your account is up to date.');
      onClose();
    } catch (error) {
      trouble.value = error;
    }
  };
  const issue = (path: string) => (trouble.value instanceof Refused ? trouble.value.issue(path) : undefined);

  return (
    <Dialog label="Name and zone" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <h2>Name and zone</h2>
        <Field label="Name" issue={issue('name')}>
          <input
            required
            maxLength={100}
            autocomplete="name"
            value={name}
            onInput={(e) => (name.value = e.currentTarget.value)}
          />
        </Field>
        <Field
          label="Zone"
          hint="The clock that days begin by, and that new due times are in."
          issue={issue('zone')}
        >
          <ZoneSelect value={zone.value} onChange={(value) => (zone.value = value)} />
        </Field>
        {trouble.value !== null && (
          <p class="form-trouble" role="alert">
            {explain(trouble.value)}
          </p>
        )}
        <div class="dialog-foot">
          <button type="button" class="button quiet-button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button">
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
