import type { AdminUser } from '../../client/index.ts';
import { me } from '../account/sign-in-state.ts';
import { doorbell } from '../doorbell.ts';
import { announce } from '../parts/announcer.tsx';
import { confirmFirst } from '../parts/confirm.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { navigate } from '../router/router.ts';
import { text } from '../text/text.ts';
import { asAdmin, lookAtMe } from './as-admin.ts';
import type { Fetched } from './fetched.ts';

type Act = keyof typeof acts;

/** Each answers the user, unless there is something else to see afterwards. */
const acts = {
  disable: (username: string) => doorbell.admin.changeUser(username, { disabled: true }),
  enable: (username: string) => doorbell.admin.changeUser(username, { disabled: false }),
  promote: (username: string) => doorbell.admin.changeUser(username, { role: 'admin' }),
  demote: (username: string) => doorbell.admin.changeUser(username, { role: 'user' }),
  signOut: async (username: string) => {
    await doorbell.admin.endSessions(username);
    return doorbell.admin.getUser(username);
  },
  delete: async (username: string): Promise<undefined> => {
    await doorbell.admin.deleteUser(username);
    navigate('/admin/users', { replace: true });
  },
};

interface UserActsProps {
  user: AdminUser;
  /** Where the user stands that is shown. */
  shown: Fetched<AdminUser>;
}

/** What admins can do with a user. */
export const UserActs = ({ user, shown }: UserActsProps) => {
  const offered: Act[] = [
    user.disabledAt === null ? 'disable' : 'enable',
    'signOut',
    user.role === 'admin' ? 'demote' : 'promote',
    'delete',
  ];
  return (
    <ul class="items">
      {offered.map((act, place) => {
        const { name, hint } = text.value.userActs[act];
        return (
          // By its place, so that the focus stays where an act gives way to its opposite.
          <li key={place} class="item admin-act">
            <p class="quiet">{hint}</p>
            <button type="button" class="button" onClick={() => ask(act, user, shown)}>
              {name}
            </button>
          </li>
        );
      })}
    </ul>
  );
};

function ask(act: Act, user: AdminUser, shown: Fetched<AdminUser>): void {
  const { name, hint } = text.value.userActs[act];
  confirmFirst({
    title: text.value.actOn(name, user.displayName),
    hint,
    action: name,
    kind: act === 'enable' ? 'main' : 'danger',
    onConfirm: () => void perform(act, user, shown),
  });
}

async function perform(
  act: Act,
  { username }: AdminUser,
  shown: Fetched<AdminUser>,
): Promise<void> {
  const { done, userActs } = text.value;
  try {
    const user = await asAdmin<AdminUser | undefined>(acts[act](username));
    if (user) shown.put(user);
    announce(done(userActs[act].name));
    if (username === me.value?.username) await lookAtMe();
  } catch (error) {
    // Whoever has ended the own sign-in sees that.
    if (!me.value) return;
    tellProblem(error);
    await shown.again();
  }
}
