import { doorbell } from '../doorbell.ts';
import { tellProblem } from '../parts/notice.tsx';
import { navigate } from '../router/router.ts';
import { pathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { text } from '../text/text.ts';
import { PeopleList } from './people-list.tsx';

/** Whom one could write to. */
export const PeopleDirectory = () => {
  const { people, writeTo, writeShort } = text.value;
  return (
    <>
      <ViewHead>
        <h1>{people}</h1>
      </ViewHead>
      <PeopleList>
        {({ username, displayName }) => (
          <button
            type="button"
            class="button"
            aria-label={writeTo(displayName)}
            onClick={() => void openDirect(username)}
          >
            {writeShort}
          </button>
        )}
      </PeopleList>
    </>
  );
};

async function openDirect(username: string): Promise<void> {
  try {
    const { id } = await doorbell.openDirect(username);
    navigate(pathOf(id));
  } catch (error) {
    tellProblem(error);
  }
}
