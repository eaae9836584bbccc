import ssh2 from "ssh2";

/** A pair of ed25519 keys in OpenSSH's formats. */
export interface SshKeyPair {
  readonly private: string;
  /** A line of authorized_keys. */
  readonly public: string;
}

/**
 * Makes a pair of ssh keys. ssh2 1.17 strips leading zeros of public keys and so spoils 1 pair in 256, which neither it nor sshd can read
 * (mscdex/ssh2#1390, #1513): those are thrown away.
 */
export function makeKeyPair(): SshKeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519");
    const whole = [pair.private, pair.public].every((key) => !(ssh2.utils.parseKey(key) instanceof Error));
    if (whole) return pair;
  }
}
