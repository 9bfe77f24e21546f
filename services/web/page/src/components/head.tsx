import { useSignal } from '@preact/signals';
import { Link, useLocation } from 'wouter-preact';
import { useAlmanac } from '../almanac';
import type { Theme } from '../state/preferences';
import { explain } from '../api/http';
import { zoneName } from '../time/wording';
import { AccountDialog } from '../views/account';
import { Icon } from './icon';
import { Moon } from './moon';

const THEMES: Record<Theme, string> = { system: 'System', light: 'Day', dark: 'Night' };

/** The head of the page: where one is, whether it is live, and who one is. */
export function Head({ onHelp }: { onHelp: () => void }) {
  const { now, sync } = useAlmanac();
  const [path] = useLocation();
  const here = (active: boolean) => (active ? ({ 'aria-current': 'page' } as const) : {});
  return (
    <header class="head">
      <Link href="/" class="wordmark" aria-label="Almanac, all tasks">
        <Moon now={now.value} />
        <span>Almanac</span>
      </Link>
      <nav aria-label="Views">
        <Link href="/" {...here(path !== '/activity')}>
          Tasks
        </Link>
        <Link href="/activity" {...here(path === '/activity')}>
          Activity
        </Link>
      </nav>
      <span
        class="pulse"
        data-is={sync.connection.value.is}
        title={`Live updates: ${sync.connection.value.is}`}
        aria-hidden="true"
      />
      <AccountMenu onHelp={onHelp} />
    </header>
  );
}

function AccountMenu({ onHelp }: { onHelp: () => void }) {
  const { session, preferences, toasts, zone } = useAlmanac();
  const editing = useSignal(false);
  const account = session.account.value;
  if (!account) return null;
  const initials = account.name
    .split(/\s+/)
    .map((word) => word.charAt(0))
    .join('')
    .slice(0, 2)
    .toUpperCase();
  const close = () => document.getElementById('account-menu')?.hidePopover();
  const signOut = () => session.signOut().catch((error: unknown) => toasts.warn(explain(error)));

  return (
    <>
      <button
        type="button"
        class="avatar"
        popovertarget="account-menu"
        aria-label={`${initials}: account of ${account.name}`}
      >
        {initials}
      </button>
      <div id="account-menu" class="menu" popover="auto">
        <p class="menu-who">
          <strong>{account.name}</strong>
          <span>{account.email}</span>
        </p>
        <fieldset class="segments">
          <legend>Paper</legend>
          {(Object.keys(THEMES) as Theme[]).map((theme) => (
            <label key={theme}>
              <input
                type="radio"
                name="theme"
                checked={preferences.theme.value === theme}
                onChange={() => (preferences.theme.value = theme)}
              />
              <span>{THEMES[theme]}</span>
            </label>
          ))}
        </fieldset>
        <button
          type="button"
          class="menu-item"
          onClick={() => {
            close();
            editing.value = true;
          }}
        >
          <Icon name="clock" /> Name and zone <small>{zoneName(zone.value)}</small>
        </button>
        <button
          type="button"
          class="menu-item"
          onClick={() => {
            close();
            onHelp();
          }}
        >
          <Icon name="keys" /> Keyboard <kbd>?</kbd>
        </button>
        <button type="button" class="menu-item" onClick={() => void signOut()}>
          <Icon name="forth" /> Sign out
        </button>
      </div>
      {editing.value && <AccountDialog onClose={() => (editing.value = false)} />}
    </>
  );
}
