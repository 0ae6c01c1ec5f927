package classify

// Reader says what single User-Agents are. It remembers nothing and is safe for
// use by many goroutines.
type Reader struct{ detector *detector }

// NewReader returns a Reader.
func NewReader() (*Reader, error) {
	d, err := newDetector()
	if err != nil {
		return nil, err
	}
	return &Reader{d}, nil
}

// Browser returns the ids of browser and system: "firefox windows".
func (r *Reader) Browser(userAgent string) string {
	a := r.detector.find(userAgent)
	return a.Browser + " " + a.OS
}
