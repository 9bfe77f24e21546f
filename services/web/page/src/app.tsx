import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Route, Switch, useLocation } from 'wouter-preact';
import { useAlmanac } from './almanac';
import { explain } from './api/http';
import { ConnectionBar } from './components/connection-bar';
import { Head } from './components/head';
import { useShortcuts } from './components/shortcuts';
import { Toasts } from './components/toasts';
import { YearLine } from './components/year-line';
import { YearWheel } from './components/year-wheel';
import { Activity } from './views/activity';
import { Entrance } from './views/entrance';
import { HelpDialog } from './views/help';
import { Margin } from './views/margin';
import { TasksView } from './views/tasks-view';

/** The page: its entrance for somebody unknown, the book for who is signed in. */
export function App() {
  const { session } = useAlmanac();
  const account = session.account.value;
  if (account === undefined) return <Opening />;
  return account === null ? <Entrance /> : <Book key={account.id} />;
}

/** While we don't know yet whether there is a session: nothing for the usual blink, then the dial, then the reason. */
function Opening() {
  const { session, today, now } = useAlmanac();
  const trouble = useSignal('');
  const open = () => {
    trouble.value = '';
    session.resume().catch((error: unknown) => (trouble.value = explain(error)));
  };
  useEffect(open, []);
  return (
    <main class="opening" aria-busy={!trouble.value}>
      <YearWheel today={today.value} now={now.value} />
      {trouble.value ? (
        <div role="alert">
          <p>{trouble.value}</p>
          <button type="button" class="button" onClick={open}>
            Try again
          </button>
        </div>
      ) : (
        <p class="quiet">Opening the almanac…</p>
      )}
    </main>
  );
}

function Book() {
  const { today, toasts } = useAlmanac();
  const [, navigate] = useLocation();
  const help = useSignal(false);
  useShortcuts({
    '?': () => (help.value = true),
    'g t': () => navigate('/'),
    'g a': () => navigate('/activity'),
    z: () => toasts.act(),
  });
  return (
    <div class="book">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Head onHelp={() => (help.value = true)} />
      <YearLine today={today.value} />
      <ConnectionBar />
      <div class="spread">
        <Margin />
        <main id="main" tabIndex={-1}>
          <Switch>
            <Route path="/activity" component={Activity} />
            <Route component={TasksView} />
          </Switch>
        </main>
      </div>
      <Toasts />
      {help.value && <HelpDialog onClose={() => (help.value = false)} />}
    </div>
  );
}
