package dashboard

import (
	"errors"
	"testing"
	"time"
)

// A page that waits for a database that does not answer says so in the end.
func TestVisit_endsInTime(t *testing.T) {
	h := newHouse(t, "http://localhost:8080")
	h.dashboard.patience = 10 * time.Millisecond
	var asked error
	h.app.Get("/waits", h.dashboard.open(func(v *visit) error {
		<-v.ctx().Done()
		asked = v.ctx().Err()
		return errors.Join(errors.New("read numbers"), asked)
	}))
	res := h.browser().get("/waits")
	if res.StatusCode != 503 || asked == nil {
		t.Errorf("%d, %v", res.StatusCode, asked)
	}
	wantText(t, "page", res.body, "<h1")
}
