/** The part of agora-token that it exports without types: the token itself, whose issue time can be given. */
declare module 'agora-token/src/AccessToken2.js' {
  interface Service {
    add_privilege(privilege: number, expireSeconds: number): void;
  }
  const agoraToken: {
    AccessToken2: new (
      appId: string,
      appCertificate: string,
      issuedAtSeconds: number,
      expireSeconds: number,
    ) => { add_service(service: Service): void; build(): string };
    ServiceRtc: { new (channel: string, uid: string): Service; kPrivilegeJoinChannel: number };
  };
  export default agoraToken;
}
