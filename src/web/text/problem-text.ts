import { DoorbellError } from '../../client/index.ts';
import { text } from './text.ts';

const known = (code: string): string | undefined => text.value.problems[code];

/** What to tell a person about a call that failed. */
export function problemText(error: unknown): string {
  if (!(error instanceof DoorbellError)) return text.value.problem;
  const [first] = error.errors;
  const code = first ? `invalid ${first.path}` : error.code;
  return known(code) ?? text.value.problem;
}

/** Of what is refused for one value, without its name. */
const fieldOf: Record<string, string> = {
  username_taken: 'username',
  email_taken: 'email',
  wrong_password: 'currentPassword',
};

/** What is wrong with each value, by its name. */
export function fieldProblems(error: unknown): Record<string, string> {
  if (!(error instanceof DoorbellError)) return {};
  const field = fieldOf[error.code];
  if (field) return { [field]: problemText(error) };
  return Object.fromEntries(
    error.errors.map(({ path }) => [path, known(`invalid ${path}`) ?? text.value.problem]),
  );
}
