package public

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lensan/server/referral"
	"lensan/server/web"
)

// releases answers GET /w/v1.js with the version in force for whoever asks:
// the one on trial for pages of portals in the provinces that try it, else the
// stable one. A page is known by its Origin or Referer; one that does not say
// gets the stable version.
type releases struct {
	d       Deps
	scripts *scripts
}

func (r *releases) handle(c *fiber.Ctx) error {
	var release referral.Release
	var province *referral.Province
	if links := r.d.Links.Load(); links != nil {
		release = links.Release()
		host, _ := pageHost(c, "")
		if portal := links.PortalAt(host); portal != nil {
			province = portal.Province(referral.DayOf(r.d.Now()))
		}
	}
	f := r.scripts.version(release.For(province), release.Stable)
	err := f.send(c, evergreen)
	c.Vary(fiber.HeaderReferer, fiber.HeaderOrigin)
	return err
}

// version returns the first of some versions that exists, else the newest: a
// page is better served with another version than with none.
func (s *scripts) version(hashes ...string) file {
	for _, hash := range hashes {
		if f, ok := s.byName["v1."+hash+".js"]; ok {
			return f
		}
	}
	return s.byName["v1.js"]
}

// stable returns the address and the integrity of the stable version.
func (r *releases) stable() (path, integrity string) {
	var release referral.Release
	if links := r.d.Links.Load(); links != nil {
		release = links.Release()
	}
	f := r.scripts.version(release.Stable)
	return "/w/v1." + scriptHash(f.body) + ".js", web.Integrity(f.body)
}

// Releases returns the names of all versions of the enhancer that are built
// in, the newest first.
func Releases() ([]string, error) {
	s, err := newScripts()
	if err != nil {
		return nil, err
	}
	newest := scriptHash(s.byName["v1.js"].body)
	list := []string{newest}
	for name := range s.byName {
		hash := strings.TrimSuffix(strings.TrimPrefix(name, "v1."), ".js")
		if name != "v1.js" && hash != newest {
			list = append(list, hash)
		}
	}
	slices.Sort(list[1:])
	return list, nil
}
