package probe

import "net"

// metered is a connection from which only so many bytes can be read, whatever
// they belong to.
type metered struct {
	net.Conn
	left int
}

func (m *metered) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTooMuch
	}
	n, err := m.Conn.Read(b[:min(len(b), m.left)])
	m.left -= n
	return n, err
}
