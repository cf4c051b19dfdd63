import { useSignal } from '@preact/signals';
import { doorbell } from '../doorbell.ts';
import { CheckIcon } from '../parts/icons.tsx';
import { tellProblem } from '../parts/notice.tsx';
import { PeopleList } from '../people/people-list.tsx';
import { membersPathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { text } from '../text/text.ts';

/** Whom one could add to a room. */
export const AddPeople = ({ id }: { id: string }) => {
  const added = useSignal<readonly string[]>([]);
  const t = text.value;
  const add = async (username: string): Promise<void> => {
    try {
      await doorbell.addMember(id, username);
      added.value = [...added.value, username];
    } catch (error) {
      tellProblem(error);
    }
  };
  return (
    <>
      <ViewHead back={membersPathOf(id)}>
        <h1>{t.addPeople}</h1>
      </ViewHead>
      <PeopleList>
        {({ username, displayName }) =>
          added.value.includes(username) ? (
            <span class="quiet added">
              <CheckIcon /> {t.added}
            </span>
          ) : (
            <button
              type="button"
              class="button"
              aria-label={t.addToRoom(displayName)}
              onClick={() => void add(username)}
            >
              {t.addShort}
            </button>
          )
        }
      </PeopleList>
    </>
  );
};
