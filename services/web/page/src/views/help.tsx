import { useAlmanac } from '../almanac';
import { Dialog } from '../components/dialog';
import { Icon } from '../components/icon';

const KEYS: readonly (readonly [title: string, keys: readonly (readonly [string, string])[]])[] = [
  [
    'Everywhere',
    [
      ['n', 'write a new task'],
      ['/', 'search'],
      ['g t', 'go to the tasks'],
      ['g a', 'go to the activity'],
      ['z', 'undo what the last note offers'],
      ['?', 'this page'],
    ],
  ],
  [
    'In the list',
    [
      ['j', 'next task'],
      ['k', 'previous task'],
      ['x', 'complete, or reopen'],
      ['e', 'open and edit'],
      ['#', 'delete'],
    ],
  ],
  [
    'While writing a task',
    [
      ['Enter', 'add it'],
      ['#home', 'tag it'],
      ['!high', 'give it a priority'],
      ['fri 9:00', 'at the end: when it is due'],
      ['Ctrl Enter', 'save, in the editor'],
      ['Esc', 'leave'],
    ],
  ],
];

/** The keys, and the switch that makes letters be letters only. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  const { letters } = useAlmanac().preferences;
  return (
    <Dialog label="Keyboard" class="help" onClose={onClose}>
      <header class="dialog-head">
        <h2>Keyboard</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="help-columns">
        {KEYS.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, does]) => (
                <div key={key}>
                  <dt>
                    {(/^[#!f]../.test(key) ? [key] : key.split(' ')).map((part) => (
                      <kbd key={part}>{part}</kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="switch">
        <input
          type="checkbox"
          checked={letters.value}
          onChange={(event) => (letters.value = event.currentTarget.checked)}
        />
        <span>Single letters are commands</span>
      </label>
    </Dialog>
  );
}
