package registry

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"

	"lensan/server/referral"
)

// ReadSeed reads the destinations of assets/data/destinations.toml in the order
// of the hub. An unknown or missing entry wraps ErrInvalid.
func ReadSeed(raw []byte) ([]referral.Destination, error) {
	var file struct {
		Destination []struct {
			ID         string        `toml:"id"`
			Kind       referral.Kind `toml:"kind"`
			Name       referral.Name `toml:"name"`
			URL        string        `toml:"url"`
			FallbackID string        `toml:"fallback_id"`
			Confirmed  bool          `toml:"confirmed"`
		} `toml:"destination"`
	}
	meta, err := toml.Decode(string(raw), &file)
	if err != nil {
		return nil, fmt.Errorf("destinations: %v: %w", err, referral.ErrInvalid)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("destinations: unknown entry %s: %w", unknown[0], referral.ErrInvalid)
	}
	if len(file.Destination) == 0 {
		return nil, fmt.Errorf("destinations: none: %w", referral.ErrInvalid)
	}
	list := make([]referral.Destination, len(file.Destination))
	seen := map[string]bool{}
	for i, d := range file.Destination {
		list[i] = referral.Destination{ID: d.ID, Kind: d.Kind, Name: referral.Name{Vi: tidy(d.Name.Vi), En: tidy(d.Name.En)},
			URL: strings.TrimSpace(d.URL), FallbackID: d.FallbackID, Confirmed: d.Confirmed, Position: i + 1}
		if err := list[i].Validate(); err != nil {
			return nil, fmt.Errorf("destination %q: %w", d.ID, err)
		}
		if seen[d.ID] {
			return nil, fmt.Errorf("destination %q stands twice: %w", d.ID, referral.ErrInvalid)
		}
		seen[d.ID] = true
	}
	return list, nil
}
