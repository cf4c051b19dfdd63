import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { signInState, startSignIn } from './account/sign-in-state.ts';
import { App } from './app.tsx';
import { startOutgoing } from './conversation/outgoing.ts';
import { startConversations } from './conversations/conversations.ts';
import { startOnScreen } from './conversations/on-screen.ts';
import { startPush } from './push/start-push.ts';
import { navigate, route, startRouter } from './router/router.ts';
import { startClock } from './shell/clock.ts';
import { startLanguage } from './shell/languages.ts';
import { startRenewal } from './shell/renewal.ts';
import { fetchConversation } from './shell/shell.tsx';
import { startTheme } from './shell/theme.ts';
import { startWindowTitle } from './shell/window-title.ts';
import { completeText } from './text/text.ts';

startTheme();
startRenewal();
startRouter();
startClock();
startConversations();
startOnScreen();
startOutgoing();
startWindowTitle();
startSignIn();
startPush();
effect(() => {
  // They are asked for again when they are shown.
  if (signInState.value === 'signedIn')
    Promise.all([fetchConversation(), completeText()]).catch(() => {});
});
// Whoever is signed in has no use for the addresses that led there.
effect(() => {
  const isDone = signInState.value === 'signedIn' && /signIn|register/.test(route.value.view);
  if (isDone) navigate('/', { replace: true });
});

const place = document.querySelector('#app');
if (place)
  void startLanguage().then(() => {
    place.replaceChildren();
    render(<App />, place);
  });
