import type { CredentialSource } from '../../contract/destinations.ts';
import { failed, lifeOf, refused, type Obtain } from '../provider.ts';
import { EXCHANGE_MS, inTime, loadSts, stsClient } from './clients.ts';
import { failureFrom } from '../verdict.ts';
import { awsVerdict } from './errors.ts';

type AwsProvider = Extract<CredentialSource, { provider: 'aws' }>;

/** AssumeRole of AWS STS, or of a store that speaks its protocol. */
export const assumeRole: Obtain<AwsProvider> = async (provider, { name, destination, dispatcher, now }) => {
  const { role, duration, endpoint, accessKey, secretKey, externalId, policy } = provider;
  const region = provider.region ?? destination.region ?? 'us-east-1';
  const subject = {
    name,
    operation: 'AssumeRole',
    bucket: destination.bucket,
    region,
    role,
    host: endpoint === undefined ? undefined : new URL(endpoint).host,
  };
  const keys = accessKey !== undefined && secretKey !== undefined ? { accessKey, secretKey } : undefined;
  const mintedAt = now();
  let given;
  try {
    given = await inTime(EXCHANGE_MS, async (abortSignal) => {
      const { AssumeRoleCommand } = await loadSts();
      const client = await stsClient(
        { dispatcher, now },
        { region, ...(endpoint !== undefined && { endpoint }) },
        keys,
      );
      const command = new AssumeRoleCommand({
        RoleArn: role,
        // Shown by the cloud beside everything that is done with these credentials.
        RoleSessionName: `keeprolling-${name}`,
        DurationSeconds: Math.floor(duration / 1000),
        ...(externalId !== undefined && { ExternalId: externalId }),
        ...(policy !== undefined && { Policy: policy }),
      });
      return (await client.send(command, { abortSignal })).Credentials;
    });
  } catch (error) {
    throw failed(failureFrom(awsVerdict(error, 'sts', subject), 'E_DESTINATION', name, subject));
  }
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  const expiresAt = Expiration?.getTime() ?? Number.NaN;
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || Number.isNaN(expiresAt)) {
    throw refused(name, 'AssumeRole: the answer holds no whole credentials: look at the endpoint');
  }
  return {
    accessKey: AccessKeyId,
    secretKey: SecretAccessKey,
    token: SessionToken,
    life: lifeOf(AccessKeyId, SessionToken, mintedAt, expiresAt),
  };
};
