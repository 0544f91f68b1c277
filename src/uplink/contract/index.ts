// The contract between kiosk and terminal in one import: topics, schemas, types. This is all that an integrator needs besides the seal.

export { MAX_PAYLOAD_BYTES, parseJsonMessage, parseMessage, readMessage } from './common.ts';
export {
  type AckMessage,
  ackSchema,
  COMMAND_LIFETIME_MS,
  COMMAND_NAMES,
  type CommandMessage,
  commandSchema,
  type HealthMessage,
  type KioskState,
  kioskStateSchema,
  type ReportMessage,
  type RequestContent,
  type RequestMessage,
  reportSchema,
  requestContentSchema,
  requestSchema,
  type TerminalState,
  terminalStateSchema,
} from './messages.ts';
export { newerState } from './presence.ts';
export {
  CONTRACT_VERSION,
  channelFilter,
  ID_PATTERN,
  KIOSK_CHANNELS,
  type KioskChannel,
  kioskTopic,
  type ParsedTopic,
  parseTopic,
  TERMINAL,
  terminalStateFilters,
  terminalStateTopic,
} from './topics.ts';
export {
  CONSENT_ITEMS,
  type VisitContent,
  type VisitMessage,
  visitContentSchema,
  visitSchema,
} from './visit.ts';
