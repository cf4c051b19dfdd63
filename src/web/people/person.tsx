import './person.css';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { DoorbellError, type User } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { Avatar } from '../parts/avatar.tsx';
import { Empty } from '../parts/empty.tsx';
import { ViewHead } from '../shell/view-head.tsx';
import { text } from '../text/text.ts';
import { lastSeenOf } from './last-seen.ts';
import { learnNames } from './names.ts';
import { PersonActions } from './person-actions.tsx';

/** Who somebody is. */
export const Person = ({ username }: { username: string }) => {
  const user = useSignal<User | undefined>(undefined);
  const problem = useSignal<'gone' | 'failed' | undefined>(undefined);
  const load = async (): Promise<void> => {
    problem.value = undefined;
    try {
      user.value = await doorbell.api.getUser(username);
      learnNames([user.value]);
    } catch (error) {
      const isGone = error instanceof DoorbellError && error.status === 404;
      problem.value = isGone ? 'gone' : 'failed';
    }
  };
  useEffect(() => {
    void load();
    return doorbell.on('user', (changed) => {
      if (changed === user.value?.username) void load();
    });
  }, []);
  const t = text.value;
  return (
    <>
      <ViewHead back="/people">
        <h1>{t.profile}</h1>
      </ViewHead>
      {user.value ? (
        <Profile user={user.value} />
      ) : problem.value === 'gone' ? (
        <Empty title={t.nobodyByThisName} />
      ) : problem.value === 'failed' ? (
        <Empty title={t.profileFailed}>
          <button type="button" class="button" onClick={() => void load()}>
            {t.retry}
          </button>
        </Empty>
      ) : (
        <div aria-busy="true" />
      )}
    </>
  );
};

const Profile = ({ user }: { user: User }) => {
  const { username, displayName, about, online } = user;
  const seen = lastSeenOf(user);
  return (
    <div class="view-body person">
      <div class="person-top">
        <Avatar name={username} shownName={displayName} isOnline={online} />
        <div class="person-names">
          <h2 dir="auto">{displayName}</h2>
          <p class="quiet">@{username}</p>
        </div>
      </div>
      {about && (
        <p class="person-about" dir="auto">
          {about}
        </p>
      )}
      {seen && <p class="quiet">{seen}</p>}
      <PersonActions user={user} />
    </div>
  );
};
