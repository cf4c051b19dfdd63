import { useState } from 'preact/hooks';

type Values = Record<string, string>;

/** Of a form: what was typed, by the names of the fields, goes to `onSubmit`; what that throws is kept to be shown. */
export function useSubmission(onSubmit: (values: Values) => Promise<void>) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    await onSubmit(valuesOf(event.currentTarget as HTMLFormElement)).catch(setError);
    setBusy(false);
  };
  return { isBusy, error, submit: (event: SubmitEvent) => void submit(event) };
}

const valuesOf = (form: HTMLFormElement): Values =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
