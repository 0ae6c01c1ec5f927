package api

// Operation is one entry of the table from which everything is registered.
type Operation struct{ Method, Path string }

// Operations lists the table.
func (a *API) Operations() (all []Operation) {
	for _, o := range a.operations() {
		all = append(all, Operation{o.method, o.path})
	}
	return all
}

// OpenAPI is the document as served.
var OpenAPI = openAPI
