import './rooms.css';
import { useState } from 'preact/hooks';
import { doorbell } from '../doorbell.ts';
import { useSubmission } from '../parts/use-submission.ts';
import { navigate } from '../router/router.ts';
import { addPathOf, pathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { fieldProblems, problemText } from '../text/problem-text.ts';
import { text } from '../text/text.ts';
import { type Access, AccessChoices, TitleAndTopic } from './room-fields.tsx';

export const NewRoom = () => {
  const t = text.value;
  const [access, setAccess] = useState<Access>({ visibility: 'public', history: 'all' });
  const { isBusy, error, submit } = useSubmission(async ({ title = '', topic = '' }) => {
    const { id } = await doorbell.createRoom({ title, topic, ...access });
    navigate(access.visibility === 'private' ? addPathOf(id) : pathOf(id));
  });
  const problems = fieldProblems(error);
  return (
    <>
      <ViewHead back="/rooms">
        <h1>{t.newRoom}</h1>
      </ViewHead>
      <form class="view-body room-form" onSubmit={submit} aria-busy={isBusy}>
        <TitleAndTopic problems={problems} />
        <AccessChoices chosen={access} onChoose={setAccess} />
        <p class="field-problem" role="alert">
          {error !== undefined && Object.keys(problems).length === 0 && problemText(error)}
        </p>
        <button type="submit" class="button" data-kind="main" disabled={isBusy}>
          {t.createRoom}
        </button>
      </form>
    </>
  );
};
