import type { SignInOptions } from '@almanac/contracts';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useAlmanac } from '../almanac';
import { explain, Refused } from '../api/http';
import { Field } from '../components/field';
import { YearWheel } from '../components/year-wheel';
import { dayOfYear, nextTurn } from '../time/almanac';
import { longDay, zoneName } from '../time/wording';

/** What came of a sign-in elsewhere: when it fails, the way back says so in the address. */
function readProblem(): Error | null {
  const code = new URLSearchParams(location.search).get('problem');
  if (code === null) return null;
  return new Error(
    code === 'wrong_credentials'
      ? 'The sign-in elsewhere was not completed. Try it again.'
      : 'The sign-in elsewhere failed. Try it again, or sign in with a password.',
  );
}

/** The front page, where one signs in, or becomes somebody. */
export function Entrance() {
  const { session, today, now, zone } = useAlmanac();
  const options = useSignal<SignInOptions | null>(null);
  const isNew = useSignal(false);
  const busy = useSignal(false);
  const trouble = useSignal<unknown>(readProblem());
  useEffect(() => {
    document.title = 'Almanac';
    session.options().then(
      (known) => (options.value = known),
      () => undefined, // then there is sign-in with a password only
    );
  }, []);

  const submit = async (form: HTMLFormElement) => {
    const value = (name: string) => (form.elements.namedItem(name) as HTMLInputElement).value;
    const credentials = { email: value('email'), password: value('password') };
    busy.value = true;
    trouble.value = null;
    try {
      await (isNew.value
        ? session.signUp({ ...credentials, name: value('name'), zone: zone.value })
        : session.signIn(credentials));
    } catch (error) {
      trouble.value = error;
      busy.value = false;
      requestAnimationFrame(() =>
        form.querySelector<HTMLElement>('[aria-invalid], [name=password]')?.focus(),
      );
    }
  };
  const issue = (path: string) => (trouble.value instanceof Refused ? trouble.value.issue(path) : undefined);
  const isListed = trouble.value instanceof Refused && (trouble.value.problem.issues?.length ?? 0) > 0;
  const { name, days } = nextTurn(today.value);

  return (
    <main class="entrance">
      <section class="cover">
        <YearWheel today={today.value} now={now.value} />
        <h1>Almanac</h1>
        <p class="cover-line">A companion for your time.</p>
        <p class="cover-day">
          {longDay(today.value)}
          <br />
          Day {dayOfYear(today.value)} · {days === 0 ? `${name} today` : `${days} days to the ${name}`}
        </p>
      </section>
      <section class="door">
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            void submit(event.currentTarget);
          }}
        >
          <h2>{isNew.value ? 'Begin your almanac' : 'Open your almanac'}</h2>
          {isNew.value && (
            <Field label="Name" issue={issue('name')}>
              <input name="name" required maxLength={100} autocomplete="name" />
            </Field>
          )}
          <Field label="E-mail" issue={issue('email')}>
            <input name="email" type="email" required maxLength={254} autocomplete="username" />
          </Field>
          <Field
            label="Password"
            hint={isNew.value ? '10 characters or more. Length is what counts.' : undefined}
            issue={issue('password')}
          >
            <input
              name="password"
              type="password"
              required
              minLength={isNew.value ? 10 : 1}
              maxLength={200}
              autocomplete={isNew.value ? 'new-password' : 'current-password'}
            />
          </Field>
          {isNew.value && (
            <p class="form-note">
              Your days will follow the clock of {zoneName(zone.value)}. You can change that later.
            </p>
          )}
          {trouble.value !== null && !isListed && (
            <p class="form-trouble" role="alert">
              {explain(trouble.value)}
            </p>
          )}
          <button type="submit" class="button wide" disabled={busy.value}>
            {isNew.value ? 'Create account' : 'Sign in'}
          </button>
          {options.value?.oidc && (
            <a
              class="button quiet-button wide"
              href={`${options.value.oidc.url}?to=${encodeURIComponent(location.pathname)}`}
            >
              Sign in with {options.value.oidc.name}
            </a>
          )}
        </form>
        {(options.value?.signUp ?? false) && (
          <p class="door-other">
            {isNew.value ? 'You have one already?' : 'New here?'}{' '}
            <button
              type="button"
              class="link"
              onClick={() => {
                isNew.value = !isNew.value;
                trouble.value = null;
              }}
            >
              {isNew.value ? 'Sign in' : 'Create an account'}
            </button>
          </p>
        )}
      </section>
    </main>
  );
}
