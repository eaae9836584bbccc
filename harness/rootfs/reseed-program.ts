/** Bytes of entropy that the reseed program expects on standard input. */
export const reseedBytes = 64;

/** Where the one loadable segment of the program lies in memory; the usual address of static x86-64 programs. */
const base = 0x400000;
const headersLength = 64 + 56;

/**
 * A static x86-64 program of a few hundred bytes that credits 64 bytes from standard input to the kernel's random pool and
 * makes the generator use them at once (random(4): RNDADDENTROPY, RNDRESEEDCRNG).
 *
 * Machines restored from one saved state draw equal bytes from /dev/urandom until the next reseed; no shell can make
 * these two calls, and kernels before 6.x cloud builds carry no vmgenid driver that would.
 */
export function reseedProgram(): Buffer {
  const code = machineCode();
  return Buffer.concat([elfHeader(), programHeader(headersLength + code.length), code]);
}

/** ELF-64, little endian, executable, x86-64 (System V ABI, chapter 4). */
function elfHeader(): Buffer {
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(62, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(base + headersLength), 24);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  return header;
}

/** One segment, readable and executable, holding the whole file. */
function programHeader(length: number): Buffer {
  const header = Buffer.alloc(56);
  header.writeUInt32LE(1, 0);
  header.writeUInt32LE(5, 4);
  header.writeBigUInt64LE(BigInt(base), 16);
  header.writeBigUInt64LE(BigInt(base), 24);
  header.writeBigUInt64LE(BigInt(length), 32);
  header.writeBigUInt64LE(BigInt(length), 40);
  header.writeBigUInt64LE(0x1000n, 48);
  return header;
}

/**
 * Builds struct rand_pool_info {bits, bytes, data} on the stack and exits with 0, or 1 when any call failed. The path is
 * stored behind the code.
 */
function machineCode(): Buffer {
  const path = Buffer.from("/dev/urandom\0");
  const before = [
    [0x48, 0x81, 0xec, 0x80, 0x00, 0x00, 0x00], // sub rsp, 128
    [0x48, 0x89, 0xe3], // mov rbx, rsp
    [0xc7, 0x03, ...uint32(reseedBytes * 8)], // mov dword [rbx], bits
    [0xc7, 0x43, 0x04, ...uint32(reseedBytes)], // mov dword [rbx+4], bytes
    [0x31, 0xc0], // xor eax, eax                 (read)
    [0x31, 0xff], // xor edi, edi
    [0x48, 0x8d, 0x73, 0x08], // lea rsi, [rbx+8]
    [0xba, ...uint32(reseedBytes)], // mov edx, bytes
    [0x0f, 0x05], // syscall
    [0x48, 0x83, 0xf8, reseedBytes], // cmp rax, bytes
  ].flat();
  const after = [
    [0xb8, ...uint32(2)], // mov eax, 2                   (open)
    [0x31, 0xf6], // xor esi, esi
    [0x0f, 0x05], // syscall
    [0x89, 0xc5], // mov ebp, eax
    [0x89, 0xc7], // mov edi, eax
    [0xb8, ...uint32(16)], // mov eax, 16                 (ioctl)
    [0xbe, ...uint32(0x40085203)], // mov esi, RNDADDENTROPY
    [0x48, 0x89, 0xda], // mov rdx, rbx
    [0x0f, 0x05], // syscall
    [0x85, 0xc0], // test eax, eax
  ].flat();
  const reseed = [
    [0x89, 0xef], // mov edi, ebp
    [0xb8, ...uint32(16)], // mov eax, 16                 (ioctl)
    [0xbe, ...uint32(0x5207)], // mov esi, RNDRESEEDCRNG
    [0x31, 0xd2], // xor edx, edx
    [0x0f, 0x05], // syscall
    [0x85, 0xc0], // test eax, eax
  ].flat();
  const end = [
    [0x31, 0xff], // xor edi, edi
    [0xeb, 0x05], // jmp exit
    [0xbf, ...uint32(1)], // fail: mov edi, 1
    [0xb8, ...uint32(60)], // exit: mov eax, 60
    [0x0f, 0x05], // syscall
  ].flat();
  const jump = 2;
  const loadPath = 7;
  const failIn = 4;
  const toPath = after.length + jump + reseed.length + jump + end.length;
  const toFail = (skipped: number): number[] => [0x75, skipped + failIn]; // jne fail
  return Buffer.concat([
    Buffer.from(before),
    Buffer.from(toFail(loadPath + after.length + jump + reseed.length + jump)),
    Buffer.from([0x48, 0x8d, 0x3d, ...uint32(toPath)]), // lea rdi, [rip+path]
    Buffer.from(after),
    Buffer.from(toFail(reseed.length + jump)),
    Buffer.from(reseed),
    Buffer.from(toFail(0)),
    Buffer.from(end),
    path,
  ]);
}

function uint32(value: number): readonly number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff];
}
