package bench

import "syscall"

// dieWithParent lets no server outlive a bench that is killed.
func dieWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
