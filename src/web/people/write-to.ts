import { doorbell } from '../doorbell.ts';
import { tellProblem } from '../parts/notice.tsx';
import { navigate } from '../router/router.ts';
import { pathOf } from '../router/routes.ts';

/** Goes to the direct conversation with somebody. */
export async function writeTo(username: string): Promise<void> {
  try {
    const { id } = await doorbell.openDirect(username);
    navigate(pathOf(id));
  } catch (error) {
    tellProblem(error);
  }
}
