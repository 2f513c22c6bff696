import type { VendorTemplate } from '../template.ts';

export const alibabaTemplate: VendorTemplate = {
  title: 'ApsaraVideo Live (Alibaba Cloud)',
  account: `\
ali-prod:
  vendor: alibaba
  accessKeyId: \${ALIBABA_ACCESS_KEY_ID}
  accessKeySecret: \${ALIBABA_ACCESS_KEY_SECRET} # or file:/run/secrets/alibaba
  # assumeRole: { role: acs:ram::1234567890123456:role/recorder } # records with temporary keys of this role
  # callbacks: # \`keeprolling callbacks install ali-prod\`, taken in by \`keeprolling gateway\`
  #   path: \${ALIBABA_CALLBACK_PATH} # openssl rand -hex 16
  #   keys: \${ALIBABA_CALLBACK_KEY} # 16 to 32 letters and digits
  #   url: https://hooks.example.com # where the gateway is reached from outside
  #   domains: { play.example.com: push.example.com } # playback domain: its ingest domain
`,
  destination: `\
oss-archive:
  cloud: alibaba
  bucket: acme-recordings # ApsaraVideo writes there by its own service role
  region: cn-shanghai # that of the live center
`,
  specification: `\
name: ch7-24x7
owner: team-channels
account: ali-prod # in keeprolling.yaml
target: { playbackDomain: play.example.com, app: live, stream: ch7 } # ApsaraVideo records by playback domain
window: { from: now, length: 14d }
source: { late: wait, gone: wait }
storage: oss-archive
policy: { config: ensure } # make the record config where it is missing; require: never write to the account
options:
  DelayTime: 180 # seconds: a file is there once the stream has been gone for so long
  RecordFormat:
    - Format: mp4
      CycleDuration: 3600
      OssObjectPrefix: 'rec/{AppName}/{StreamName}/{Sequence}_{EscapedStartTime}_{EscapedEndTime}'
`,
};
