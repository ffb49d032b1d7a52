package demo

// Not in package syscall. Source: asm/unistd_64.h.
const sysProcessVMReadv = 310
