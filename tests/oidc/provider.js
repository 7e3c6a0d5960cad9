// Identity providers on loopback, each on a port of its own; they end with the process that holds standard input.
// What a person may be is put at /test/people; /test/rotate makes a new key; /test/sign signs whatever is asked.
import { createServer } from 'node:http';
import { CompactSign, exportJWK, generateKeyPair, importJWK } from 'jose';
import { Provider } from 'oidc-provider';

const NAMES = ['one', 'two'];

async function fresh() {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true, modulusLength: 2048 });
  const kid = `key-${Math.random().toString(36).slice(2)}`;
  return { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' };
}

function provider(issuer, key, people) {
  return new Provider(issuer, {
    jwks: { keys: [key] },
    cookies: { keys: ['only for tests'] },
    claims: { openid: ['sub'], profile: ['name'], groups: ['groups', 'partner_id'] },
    scopes: ['openid', 'profile', 'groups'],
    // In the ID token too, as most providers of companies do.
    conformIdTokenClaims: false,
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: true },
      clientCredentials: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (ctx, client, oneOf) => oneOf,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx, resource) => ({
          scope: 'api', audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 600,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    extraTokenClaims: (ctx, token) => people[token.accountId ?? token.clientId],
    ttl: { IdToken: 600, AccessToken: 600, Interaction: 600, Session: 600, Grant: 600 },
  });
}

async function read(request) {
  let body = '';
  for await (const part of request) body += part;
  return JSON.parse(body || '{}');
}

async function started() {
  const people = {};
  let key = await fresh();
  let current;
  const acts = {
    '/test/people': async (given) => Object.assign(people, given),
    '/test/rotate': async () => {
      key = await fresh();
      current = provider(issuer, key, people).callback();
      return { kid: key.kid };
    },
    '/test/sign': async ({ header, claims }) => {
      const signing = new CompactSign(new TextEncoder().encode(JSON.stringify(claims)));
      const stated = { alg: 'RS256', kid: key.kid, typ: 'at+jwt', ...header };
      return { token: await signing.setProtectedHeader(stated).sign(await importJWK(key, 'RS256')) };
    },
  };
  const server = createServer(async (request, response) => {
    if (!(request.url in acts)) return current(request, response);
    const answer = await acts[request.url](await read(request));
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise((listening) => { server.listen(0, '127.0.0.1', listening); });
  const issuer = `http://127.0.0.1:${server.address().port}`;
  current = provider(issuer, key, people).callback();
  return issuer;
}

process.stdin.on('end', () => process.exit(0)).resume();
const issuers = await Promise.all(NAMES.map(started));
console.log(JSON.stringify(Object.fromEntries(NAMES.map((name, place) => [name, issuers[place]]))));
