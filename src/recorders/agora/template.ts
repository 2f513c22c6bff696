import type { VendorTemplate } from '../template.ts';

export const agoraTemplate: VendorTemplate = {
  title: 'Agora Cloud Recording',
  account: `\
agora-prod:
  vendor: agora
  appId: \${AGORA_APP_ID} # Agora Console, Projects
  # appCertificate: file:/run/secrets/agora-certificate # once the project has one
  customerId: \${AGORA_CUSTOMER_ID} # Agora Console, RESTful API
  customerSecret: \${AGORA_CUSTOMER_SECRET} # or file:/run/secrets/agora
  region: eu-central-1 # the API host near the workers
  # callbacks: # Agora Console, Notifications, taken in by \`keeprolling gateway\`
  #   path: \${AGORA_CALLBACK_PATH} # openssl rand -hex 16
  #   keys: \${AGORA_CALLBACK_SECRET} # the secret that the console shows
`,
  destination: `\
s3-archive:
  cloud: aws
  bucket: acme-recordings
  region: eu-central-1
  prefix: live # folders of letters and digits, since Agora takes no others
  credentials: # short-lived, minted anew every 60 minutes
    provider: aws
    role: arn:aws:iam::123456789012:role/recorder
    duration: 12h # no longer than the role's MaxSessionDuration
`,
  specification: `\
name: webinar-q4
owner: team-events
account: agora-prod # in keeprolling.yaml
target: { channel: webinar-2026-q4, mode: mix } # individual | mix | web
window: # from: now, or 2026-11-24T15:00 in this zone
  { from: now, length: 2h, zone: Europe/Berlin, padding: { before: 2m, after: 5m } }
source: { late: wait, gone: end after 30m }
storage: s3-archive # a destination in keeprolling.yaml
options: # in Agora's own words, side by side
  streamTypes: 2
  avFileType: [hls, mp4]
  subscribeAudioUids: ['#allstream#']
  unsubscribeVideoUids: ['444', '555']
  transcodingConfig: { width: 1280, height: 720, fps: 30, bitrate: 2260, mixedVideoLayout: 1 }
`,
  modes: {
    individual: { target: { channel: 'webinar', mode: 'individual' }, options: {} },
    mix: { target: { channel: 'webinar', mode: 'mix' }, options: {} },
    web: {
      target: { channel: 'webinar', mode: 'web' },
      options: { url: 'https://shop.example.com/', audioProfile: 1, videoWidth: 1280, videoHeight: 720 },
    },
  },
};
