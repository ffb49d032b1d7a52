/* What the logs beside this file were made of (gcc -O0 -static -pthread), with
 * strace 6.1 on x86_64 and:
 *   follow -f · time -f -tt · step -f -r -T · unix -f -ttt -y · verbose -f -X verbose
 *   numbers -f -n -i · comm -f -Y · mixed -f without -o · summary -f -c
 *   separate -ff, put together · part -f -e trace=socket,execve
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/prctl.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <sys/syscall.h>
#include <sched.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <termios.h>
static void *work(void *p){ getppid(); usleep(2000); return 0; }
static void tick(int s){}
int main(int c,char**v){
 int s=socket(AF_INET,SOCK_STREAM|SOCK_CLOEXEC,0); socket(AF_UNIX,SOCK_DGRAM,0); socket(AF_PACKET,SOCK_RAW,0x300);
 int p[2]; socketpair(AF_UNIX,SOCK_STREAM,0,p);
 prctl(PR_SET_NAME,"sample"); personality(0xffffffff); unshare(CLONE_NEWUTS|CLONE_NEWIPC);
 int on=1; ioctl(s,FIONBIO,&on); ioctl(0,TCGETS,&on+0); ioctl(s,0xc0de1234,0);
 signal(SIGALRM,tick); struct itimerval t={{0,0},{0,3000}}; setitimer(ITIMER_REAL,&t,0); pause();
 pthread_t th; pthread_create(&th,0,work,0); pthread_join(th,0);
 if(!fork()){ usleep(1000); execl("/bin/true","true","--password=hunter2",(char*)0); }
 int st; wait(&st); syscall(1000,1,2,3,4,5,6); long r; 
 __asm__ volatile("int $0x80":"=a"(r):"a"(20)); __asm__ volatile("int $0x80":"=a"(r):"a"(359),"b"(2),"c"(1),"d"(0));
 return 0; }
