import { useState } from 'preact/hooks';
import type { AdminHealth, Counts } from '../../client/index.ts';
import { doorbell } from '../doorbell.ts';
import { text } from '../text/text.ts';
import { fullTime } from '../text/times.ts';
import { AdminHead } from './admin-head.tsx';
import { asAdmin } from './as-admin.ts';
import { Facts } from './facts.tsx';
import { Fetched } from './fetched.ts';
import { FetchedBody } from './fetched-body.tsx';
import { duration, figure, quantity } from './figures.ts';

/** How much there is on this server, and how its parts are. */
export const Overview = () => {
  const [state] = useState(() => new Fetched(fetchState));
  return (
    <>
      <AdminHead title={text.value.administration} onRefresh={() => state.again()} />
      <FetchedBody label={text.value.overview} of={state}>
        {({ counts, health }) => (
          <>
            <Amounts counts={counts} />
            <Parts health={health} />
          </>
        )}
      </FetchedBody>
    </>
  );
};

async function fetchState() {
  const [counts, health] = await asAdmin(
    Promise.all([doorbell.admin.getCounts(), doorbell.admin.getHealth()]),
  );
  return { counts, health };
}

const Amounts = ({ counts }: { counts: Counts }) => {
  const t = text.value;
  return (
    <section class="admin-part">
      <h2>{t.amounts}</h2>
      <Facts
        facts={[
          [t.users, figure(counts.users)],
          [t.usersOnline, figure(counts.onlineUsers)],
          [t.usersDisabled, figure(counts.disabledUsers)],
          [t.admins, figure(counts.admins)],
          [t.rooms, figure(counts.rooms)],
          [t.directConversations, figure(counts.directConversations)],
          [t.messages, figure(counts.messages)],
        ]}
      />
      <p class="quiet">{t.countedAt(fullTime(counts.countedAt))}</p>
    </section>
  );
};

const Parts = ({ health }: { health: AdminHealth }) => {
  const t = text.value;
  const { database, bus, mail, process } = health;
  return (
    <section class="admin-part">
      <h2>{t.parts}</h2>
      <Facts
        facts={[
          [t.database, <Part key="database" {...database} />],
          [t.bus, <Part key="bus" {...bus} />],
          [t.mail, t.mailWays[mail]],
          [t.process, `Node.js ${process.node}`],
          [t.runningFor, duration(process.uptimeSeconds)],
          [t.memory, quantity(process.residentMegabytes, 'megabyte')],
        ]}
      />
    </section>
  );
};

interface PartProps {
  kind: AdminHealth['database']['kind'] | AdminHealth['bus']['kind'];
  state: AdminHealth['database']['state'];
  milliseconds?: number | null;
}

const Part = ({ kind, state, milliseconds = null }: PartProps) => {
  const { kinds, states } = text.value;
  const time = milliseconds === null ? '' : `, ${quantity(milliseconds, 'millisecond')}`;
  return (
    <>
      {kinds[kind]}: <span class={state === 'away' ? 'away' : undefined}>{states[state]}</span>
      {time}
    </>
  );
};
