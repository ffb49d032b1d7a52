package demo

// Not in package syscall. Source: asm-generic/unistd.h.
const sysProcessVMReadv = 270
