import { SignIn } from './account/sign-in.tsx';
import { signInState } from './account/sign-in-state.ts';
import { Empty } from './parts/empty.tsx';
import { lazy } from './parts/lazy.tsx';
import { route } from './router/router.ts';
import { Shell } from './shell/shell.tsx';
import { text } from './text/text.ts';

const Register = lazy(async () => (await import('./account/register.tsx')).Register);

export const App = () => {
  const state = signInState.value;
  if (state === 'signedIn') return <Shell />;
  if (state === 'unreachable')
    return (
      <main>
        <Empty title={text.value.unreachable} />
      </main>
    );
  if (state === 'starting') return <main aria-busy="true" />;
  return route.value.view === 'register' ? <Register /> : <SignIn />;
};
