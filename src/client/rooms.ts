import type { Member, NewRoom, RoomChanges } from '../conversations/room-schemas.ts';
import type { Conversation, Preferences, Role } from '../conversations/schemas.ts';
import type { Answers } from './answers.ts';
import type { Api } from './api.ts';

/** Opens, changes and leaves conversations; what is held follows before the call resolves. */
export class Rooms {
  readonly #api: Api;
  readonly #answers: Answers;
  readonly #username: string;

  constructor(api: Api, answers: Answers, username: string) {
    this.#api = api;
    this.#answers = answers;
    this.#username = username;
  }

  async openDirect(username: string): Promise<Conversation> {
    return this.#answers.entered(await this.#api.openDirect(username));
  }

  async create(room: NewRoom): Promise<Conversation> {
    return this.#answers.entered(await this.#api.createRoom(room));
  }

  async edit(id: string, changes: RoomChanges): Promise<Conversation> {
    return this.#answers.conversation(await this.#api.editRoom(id, changes));
  }

  async delete(id: string): Promise<void> {
    await this.#api.deleteRoom(id);
    this.#answers.left(id);
  }

  async join(id: string): Promise<Conversation> {
    await this.#api.putMember(id, this.#username);
    return this.#answers.entered(await this.#api.getConversation(id));
  }

  async leave(id: string): Promise<void> {
    await this.#api.deleteMember(id, this.#username);
    this.#answers.left(id);
  }

  async putMember(id: string, username: string, role?: Role): Promise<Member> {
    const member = await this.#api.putMember(id, username, role);
    this.#answers.conversationChanged(id);
    return member;
  }

  async removeMember(id: string, username: string): Promise<void> {
    await this.#api.deleteMember(id, username);
    this.#answers.conversationChanged(id);
  }

  async setPreferences(id: string, preferences: Preferences): Promise<Conversation> {
    return this.#answers.conversation(await this.#api.setPreferences(id, preferences));
  }
}
