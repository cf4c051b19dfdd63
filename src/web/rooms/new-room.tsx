import './rooms.css';
import { useState } from 'preact/hooks';
import { doorbell } from '../doorbell.ts';
import { Choices } from '../parts/choices.tsx';
import { Field } from '../parts/field.tsx';
import { useSubmission } from '../parts/use-submission.ts';
import { navigate } from '../router/router.ts';
import { addPathOf, pathOf } from '../router/routes.ts';
import { ViewHead } from '../shell/view-head.tsx';
import { fieldProblems, problemText } from '../text/problem-text.ts';
import { text } from '../text/text.ts';

type Visibility = 'public' | 'private';

export const NewRoom = () => {
  const t = text.value;
  const [visibility, setVisibility] = useState<Visibility>('public');
  const { isBusy, error, submit } = useSubmission(async ({ title = '', topic = '' }) => {
    const { id } = await doorbell.createRoom({ title, topic, visibility });
    navigate(visibility === 'private' ? addPathOf(id) : pathOf(id));
  });
  const problems = fieldProblems(error);
  return (
    <>
      <ViewHead back="/rooms">
        <h1>{t.newRoom}</h1>
      </ViewHead>
      <form class="view-body room-form" onSubmit={submit} aria-busy={isBusy}>
        <Field
          label={t.roomTitle}
          name="title"
          required
          maxLength={100}
          autocomplete="off"
          problem={problems['title']}
        />
        <Field
          label={t.roomTopic}
          name="topic"
          maxLength={500}
          autocomplete="off"
          hint={t.roomTopicHint}
          problem={problems['topic']}
        />
        <Choices<Visibility>
          name="visibility"
          label={t.whoMayJoin}
          chosen={visibility}
          choices={[
            ['public', t.publicRoom, t.publicRoomHint],
            ['private', t.privateRoom, t.privateRoomHint],
          ]}
          onChoose={setVisibility}
        />
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
