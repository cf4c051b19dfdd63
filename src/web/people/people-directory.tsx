import { ViewHead } from '../shell/view-head.tsx';
import { text } from '../text/text.ts';
import { PeopleList } from './people-list.tsx';
import { writeTo } from './write-to.ts';

/** Whom one could write to. */
export const PeopleDirectory = () => {
  const t = text.value;
  return (
    <>
      <ViewHead>
        <h1>{t.people}</h1>
      </ViewHead>
      <PeopleList>
        {({ username, displayName }) => (
          <button
            type="button"
            class="button"
            aria-label={t.writeTo(displayName)}
            onClick={() => void writeTo(username)}
          >
            {t.writeShort}
          </button>
        )}
      </PeopleList>
    </>
  );
};
