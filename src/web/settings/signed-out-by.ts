import { forgetDrafts } from '../conversation/drafts.ts';
import { navigate } from '../router/router.ts';

/** Leaves nothing of oneself in the window, for whoever signs in next. */
export async function signedOutBy(call: Promise<void>): Promise<void> {
  await call;
  forgetDrafts();
  navigate('/', { replace: true });
}
