import { fieldOf, parseJsonObject, stringField } from "../core/image/json.ts";
import type { Credentials } from "./registryCredentials.ts";
import { isSafe, sendRequest } from "./registryHttp.ts";

/** What a registry asks for before it answers. RFC 7235, distribution docs/spec/auth/token.md. */
export type Challenge =
  | { readonly kind: "basic" }
  | {
      readonly kind: "bearer";
      readonly realm: string;
      readonly service: string | undefined;
      readonly scope: string | undefined;
    };

/** What is sent as `authorization`, and until when it is good. */
export interface Authorization {
  readonly header: string;
  /** Milliseconds since 1970. */
  readonly expiresMs: number;
}

/** The first challenge of a `www-authenticate` header that can be met: Bearer before Basic. Undefined when there is none. */
export function parseChallenge(header: string): Challenge | undefined {
  const bearer = /(?:^|,)\s*bearer\s+(.*)$/is.exec(header)?.[1];
  const realm = bearer === undefined ? undefined : parameterOf(bearer, "realm");
  if (bearer !== undefined && realm !== undefined) {
    return {
      kind: "bearer",
      realm,
      service: parameterOf(bearer, "service"),
      scope: parameterOf(bearer, "scope"),
    };
  }
  return /(?:^|,)\s*basic\b/i.test(header) ? { kind: "basic" } : undefined;
}

function parameterOf(text: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|[\\s,])${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,"]+))`, "i").exec(
    text,
  );
  return match?.[1]?.replaceAll(/\\(.)/g, "$1") ?? match?.[2];
}

/** For how long a token is good when its server does not say; the same document. */
const defaultTokenMs = 60_000;
const maxTokenBytes = 1024 * 1024;

/**
 * Meets a challenge for reading one repository, without credentials where there are none. Undefined when that is not possible or not safe: a
 * token's server must be reached over TLS, or be this machine.
 */
export async function meetChallenge(
  challenge: Challenge,
  repository: string,
  credentials: Credentials | undefined,
  nowMs: number,
  signal: AbortSignal,
): Promise<Authorization | undefined> {
  if (challenge.kind === "basic") {
    if (credentials?.kind !== "password") return undefined;
    return { header: basicHeader(credentials), expiresMs: Number.POSITIVE_INFINITY };
  }
  if (!URL.canParse(challenge.realm)) return undefined;
  const realm = new URL(challenge.realm);
  if (!isSafe(realm)) return undefined;
  const scope = challenge.scope ?? `repository:${repository}:pull`;
  const fields = {
    ...(challenge.service === undefined ? {} : { service: challenge.service }),
    scope,
  };
  const answer =
    credentials?.kind === "identity"
      ? await exchangeIdentity(realm, fields, credentials.secret, signal)
      : await fetchToken(realm, fields, credentials, signal);
  return answer.ok && answer.value.status === 200
    ? parseToken(new TextDecoder().decode(answer.value.bytes), nowMs)
    : undefined;
}

type Answer = ReturnType<typeof sendRequest>;
type PasswordCredentials = Credentials & { readonly kind: "password" };

function fetchToken(
  realm: URL,
  fields: Readonly<Record<string, string>>,
  credentials: PasswordCredentials | undefined,
  signal: AbortSignal,
): Answer {
  const url = new URL(realm);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  const headers: Readonly<Record<string, string>> =
    credentials === undefined ? {} : { authorization: basicHeader(credentials) };
  return sendRequest({ method: "GET", url, headers, maxBytes: maxTokenBytes }, signal);
}

/** docs/spec/auth/oauth.md. */
function exchangeIdentity(
  url: URL,
  fields: Readonly<Record<string, string>>,
  secret: string,
  signal: AbortSignal,
): Answer {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: "tare",
    ...fields,
    refresh_token: secret,
  });
  return sendRequest({ method: "POST", url, headers: {}, form, maxBytes: maxTokenBytes }, signal);
}

function basicHeader({ username, secret }: PasswordCredentials): string {
  return `Basic ${Buffer.from(`${username}:${secret}`).toString("base64")}`;
}

function parseToken(text: string, nowMs: number): Authorization | undefined {
  const object = parseJsonObject([], text);
  if (object === undefined) return undefined;
  const token = stringField([], object, "token") ?? stringField([], object, "access_token");
  // It becomes a header: nothing but printable characters.
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  const seconds = fieldOf(object, "expires_in");
  const lastsMs = typeof seconds === "number" && seconds > 0 ? seconds * 1000 : defaultTokenMs;
  return { header: `Bearer ${token}`, expiresMs: nowMs + lastsMs * 0.9 };
}
