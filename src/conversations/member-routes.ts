import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { parseId } from '../core/ids.ts';
import { IdParams, Nothing } from '../core/schemas.ts';
import type { RingParts } from '../notifications/commit-and-ring.ts';
import { listMembers } from './list-members.ts';
import type { CrowdLimits } from './member-rings.ts';
import { requireMembership } from './members.ts';
import type { RoomPurge } from './purge-rooms.ts';
import { putMember } from './put-member.ts';
import { removeMember } from './remove-member.ts';
import { Member, MemberBody, MemberList, MemberListQuery, MemberParams } from './room-schemas.ts';
import type { RoomLimits } from './room-settings.ts';

const tags = ['Conversations'];

interface Parts extends RingParts {
  config: RoomLimits & CrowdLimits;
  purge: Pick<RoomPurge, 'start'>;
}

/** Who is in a conversation, and coming and going; goes under `/conversations`. */
export const memberRoutes =
  (parts: Parts): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.get('/:id/members', {
      schema: {
        tags,
        summary: 'Who is in it',
        params: IdParams,
        querystring: MemberListQuery,
        response: { 200: MemberList },
      },
      config: { access: 'member' },
      handler: async ({ viewer, params, query }) => {
        const membership = await requireMembership(parts.db, parseId(params.id), viewer.userId);
        return listMembers(parts.db, membership, query);
      },
    });

    app.put('/:id/members/:username', {
      schema: {
        tags,
        summary: 'Join, by one’s own name; add somebody; change a role',
        description:
          'Anybody joins a public room. Owners add anybody and change roles; moderators add members. 201: a new member. 200: was there before.',
        params: MemberParams,
        body: MemberBody,
        response: { 200: Member, 201: Member },
      },
      config: { access: 'visitor' },
      handler: async ({ viewer, params, body }, reply) => {
        const { member, created } = await putMember(parts, viewer, {
          conversationId: parseId(params.id),
          username: params.username,
          role: body?.role,
        });
        return reply.code(created ? 201 : 200).send(member);
      },
    });

    app.delete('/:id/members/:username', {
      schema: {
        tags,
        summary: 'Leave, by one’s own name; remove somebody',
        description:
          'Owners remove anybody, moderators those who are only members. A last owner hands the room to the moderator, else the member, who joined first; with its last member the room ends.',
        params: MemberParams,
        response: { 204: Nothing },
      },
      config: { access: 'member' },
      handler: async ({ viewer, params }, reply) => {
        const conversationId = parseId(params.id);
        await removeMember(parts, viewer, { conversationId, username: params.username });
        return reply.code(204).send(null);
      },
    });
  };
