// Two OpenID providers of two organizations, in which two people have the same subject. It says where they are, as JSON.
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const settings = JSON.parse(process.argv[2]);
const ORGANIZATION = 'https://id.oidc.se/claim/orgNumber';

async function key(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: `${alg}-1` };
}

async function organization({ name, port, number, alg, client }) {
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, {
    clients: [{ response_types: ['code'], grant_types: ['authorization_code'], id_token_signed_response_alg: alg, ...client }],
    jwks: { keys: [await key('RS256'), await key('ES256')] },
    acrValues: settings.levels,
    claims: { openid: ['sub', 'roles', 'name', ORGANIZATION], acr: null, auth_time: null, sid: null },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    clientBasedCORS: () => false,
    conformIdTokenClaims: false,
    cookies: { keys: ['of one test'] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256'] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    // its own fetch refuses this machine, where the test is
    fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
    findAccount: (_ctx, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: `Systemansvarig, ${name}`, roles: ['Andel.Ekonom'], [ORGANIZATION]: number }),
    }),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 60, IdToken: 300, AuthorizationCode: 60 },
  });

  // everybody is the same subject, at the level that was asked for
  async function interact(req, res) {
    const { prompt, params, grantId } = await provider.interactionDetails(req, res);
    if (prompt.name === 'login') {
      const acr = (params.acr_values || settings.levels[0]).split(' ')[0];
      return provider.interactionFinished(req, res, { login: { accountId: settings.subject, acr } });
    }
    const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: settings.subject, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    return provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
  }

  async function leave(req, res) {
    const found = await provider.Client.find(client.client_id);
    const sid = new URL(req.url, issuer).searchParams.get('sid');
    try {
      await found.backchannelLogout(settings.subject, sid);
      res.writeHead(204).end();
    } catch (error) {
      res.writeHead(500).end(String(error));
    }
  }

  const callback = provider.callback();
  const server = createServer((req, res) => {
    if (req.url.startsWith('/interaction/')) return interact(req, res).catch((error) => res.writeHead(500).end(String(error)));
    if (req.url.startsWith('/test/leave')) return leave(req, res);
    return callback(req, res);
  });
  await new Promise((done) => server.listen(port, '127.0.0.1', done));
}

await Promise.all(settings.organizations.map(organization));
console.log('ready');
// the test's end closes the pipe, whatever becomes of the test
createInterface({ input: process.stdin }).on('close', () => process.exit(0));
