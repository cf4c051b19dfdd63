import type { ComponentType } from 'preact';
import { SignIn } from './account/sign-in.tsx';
import { signInState } from './account/sign-in-state.ts';
import { Empty } from './parts/empty.tsx';
import { lazy } from './parts/lazy.tsx';
import { Splash } from './parts/splash.tsx';
import { route } from './router/router.ts';
import type { Route } from './router/routes.ts';
import { Shell } from './shell/shell.tsx';
import { text } from './text/text.ts';

type Views = Partial<Record<Route['view'], ComponentType>>;

/** For whoever has the link, signed in or not. */
const forAnybody: Views = {
  forgotPassword: lazy(async () => (await import('./account/forgot-password.tsx')).ForgotPassword),
  resetPassword: lazy(async () => (await import('./account/reset-password.tsx')).ResetPassword),
  confirmEmail: lazy(async () => (await import('./account/confirm-email.tsx')).ConfirmEmail),
};

const Register = lazy(async () => (await import('./account/register.tsx')).Register);

export const App = () => {
  const { view } = route.value;
  const View = forAnybody[view];
  if (View) return <View />;
  const state = signInState.value;
  if (state === 'signedIn') return <Shell />;
  if (state === 'unreachable')
    return (
      <main>
        <Empty title={text.value.unreachable} />
      </main>
    );
  if (state === 'starting') return <Splash />;
  return view === 'register' ? <Register /> : <SignIn />;
};
