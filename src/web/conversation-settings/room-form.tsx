import '../rooms/rooms.css';
import { useState } from 'preact/hooks';
import type { Conversation } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { Field } from '../parts/field.tsx';
import { useSubmission } from '../parts/use-submission.ts';
import { type Access, AccessChoices, TitleAndTopic } from '../rooms/room-fields.tsx';
import { fieldProblems, problemText } from '../text/problem-text.ts';
import { text } from '../text/text.ts';

/** What moderators, and of some values only owners, decide for all. */
export const RoomForm = ({ room }: { room: Conversation }) => {
  const t = text.value;
  const isOwner = room.role === 'owner';
  const [access, setAccess] = useState<Access>(accessOf(room));
  const [isSaved, setSaved] = useState(false);
  const { isBusy, error, submit } = useSubmission(
    async ({ title = '', topic = '', maxMembers = '' }) => {
      setSaved(false);
      const forOwners = { ...access, maxMembers: maxMembers === '' ? null : Number(maxMembers) };
      await doorbell.editRoom(room.id, { title, topic, ...(isOwner ? forOwners : {}) });
      setSaved(true);
    },
  );
  const problems = fieldProblems(error);
  return (
    <form class="room-form" onSubmit={submit} aria-busy={isBusy} aria-labelledby="the-room">
      <h2 id="the-room">{t.theRoom}</h2>
      <TitleAndTopic room={room} problems={problems} />
      {isOwner && (
        <>
          <AccessChoices chosen={access} onChoose={setAccess} />
          <Field
            label={t.maxMembers}
            name="maxMembers"
            type="number"
            min={1}
            autocomplete="off"
            defaultValue={String(room.maxMembers ?? '')}
            hint={t.maxMembersHint}
            problem={problems['maxMembers']}
          />
        </>
      )}
      <p class="field-problem" role="alert">
        {error !== undefined && Object.keys(problems).length === 0 && problemText(error)}
      </p>
      <div class="save">
        <button type="submit" class="button" data-kind="main" disabled={isBusy}>
          {t.save}
        </button>
        <p class="quiet" role="status">
          {isSaved && t.saved}
        </p>
      </div>
    </form>
  );
};

const accessOf = ({ visibility, history }: Access): Access => ({ visibility, history });
