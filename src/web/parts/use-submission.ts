import { useState } from 'preact/hooks';

type Values = Record<string, string>;

/**
 * Of a form: what was typed, by the names of the fields, goes to `onSubmit`; what that throws is kept to be shown, and
 * that it has worked, until something else is typed.
 */
export function useSubmission(onSubmit: (values: Values) => Promise<void>) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const [isDone, setDone] = useState(false);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    setDone(false);
    try {
      await onSubmit(valuesOf(event.currentTarget as HTMLFormElement));
      setDone(true);
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  };
  return {
    isBusy,
    error,
    isDone,
    submit: (event: SubmitEvent) => void submit(event),
    change: () => setDone(false),
  };
}

const valuesOf = (form: HTMLFormElement): Values =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
