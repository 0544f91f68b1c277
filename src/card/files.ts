// Selecting applications and files, and reading transparent files.

import { wipe } from '../core/bytes.ts';
import { malformed, parseHeader } from './ber.ts';
import type { CardChannel } from './channel.ts';
import type { CardProfile } from './profile.ts';
import { SW, unexpectedStatus } from './status-word.ts';

/** True: selected. False: the card has no such application (6A82). Selecting clears all security status on the card. */
export const selectApplication = async (channel: CardChannel, aid: Uint8Array, signal?: AbortSignal): Promise<boolean> => {
  const { sw } = await channel.send({ cla: 0, ins: 0xa4, p1: 4, p2: 0x0c, data: aid }, signal);
  if (sw === SW.ok) return true;
  if (sw === SW.fileNotFound) return false;
  throw unexpectedStatus('select-application', sw);
};

export const selectFile = async (channel: CardChannel, file: number, signal?: AbortSignal): Promise<void> => {
  const { sw } = await channel.send({ cla: 0, ins: 0xa4, p1: 2, p2: 0x0c, data: Uint8Array.of(file >> 8, file & 0xff) }, signal);
  if (sw !== SW.ok) throw unexpectedStatus('select-file', sw, { file });
};

/** The most one READ BINARY asks for: what the card gives at once, and what the reader carries in one piece. */
const chunkOf = (channel: CardChannel, profile: CardProfile): number =>
  Math.min(profile.readChunk, channel.answerBytes ?? profile.readChunk);

/** Reads [from, to) of the current file into `into` at the same offsets. */
export const readRange = async (
  channel: CardChannel,
  profile: CardProfile,
  into: Uint8Array,
  [from, to]: readonly [number, number],
  signal?: AbortSignal,
): Promise<void> => {
  for (let at = from; at < to; ) {
    const wanted = Math.min(chunkOf(channel, profile), to - at);
    const { data, sw } = await channel.send({ cla: 0, ins: 0xb0, p1: at >> 8, p2: at & 0xff, le: wanted }, signal);
    if (sw !== SW.ok && sw !== SW.endOfFile) throw unexpectedStatus('read', sw, { offset: at });
    if (data.length === 0 || data.length > wanted) throw malformed('file', 'a read answered the wrong number of bytes');
    into.set(data, at);
    wipe(data);
    at += data.length;
  }
};

/** The first `length` bytes of a file by short id, which makes it the current file; fewer where the file ends. */
export const readHead = async (channel: CardChannel, file: number, length: number, signal?: AbortSignal): Promise<Uint8Array> => {
  const { data, sw } = await channel.send({ cla: 0, ins: 0xb0, p1: 0x80 | file, p2: 0, le: length }, signal);
  if (sw !== SW.ok && sw !== SW.endOfFile) throw unexpectedStatus('read', sw, { file });
  return data;
};

/** The start of a file by short id, and how long the BER object in it is. */
export const readStart = async (
  channel: CardChannel,
  profile: CardProfile,
  file: number,
  signal?: AbortSignal,
  length = chunkOf(channel, profile),
) => {
  const data = await readHead(channel, file, length, signal);
  const { tag, headerLength, valueLength } = parseHeader(data);
  const total = headerLength + valueLength;
  if (total > profile.maxFileBytes) throw malformed('file', 'object longer than any file of the card');
  return { tag, data, total };
};

/** One whole BER object at the start of a file, without the FF padding behind it. The caller wipes it. */
export const readObject = async (channel: CardChannel, profile: CardProfile, file: number, signal?: AbortSignal): Promise<Uint8Array> => {
  const { data, total } = await readStart(channel, profile, file, signal);
  const object = new Uint8Array(total);
  object.set(data.subarray(0, total));
  wipe(data);
  await readRange(channel, profile, object, [data.length, total], signal);
  return object;
};
