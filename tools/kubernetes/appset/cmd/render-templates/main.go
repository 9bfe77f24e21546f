// render-templates fills in Go templates as the ApplicationSet controller does with `goTemplate: true` and
// `missingkey=error` (applicationset/utils/utils.go in argo-cd), without a cluster.
//
// It reads a JSON list of {template, parameters} and writes a list of {result} or {error}. A template is any
// JSON; every string in it, keys included, is a template of its own.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

type request struct {
	Template   any            `json:"template"`
	Parameters map[string]any `json:"parameters"`
}

type answer struct {
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

// functions are those of the controller that say the same in every place: none asks the machine.
func functions() template.FuncMap {
	all := sprig.GenericFuncMap()
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(all, name)
	}
	return all
}

func renderText(text string, parameters map[string]any) (string, error) {
	parsed, err := template.New("").Funcs(functions()).Option("missingkey=error").Parse(text)
	if err != nil {
		return "", fmt.Errorf("failed to parse template %q: %w", text, err)
	}
	var out strings.Builder
	if err := parsed.Execute(&out, parameters); err != nil {
		return "", fmt.Errorf("failed to execute go template %q: %w", text, err)
	}
	return out.String(), nil
}

func render(node any, parameters map[string]any) (any, error) {
	switch node := node.(type) {
	case string:
		return renderText(node, parameters)
	case []any:
		out := make([]any, len(node))
		for i, item := range node {
			rendered, err := render(item, parameters)
			if err != nil {
				return nil, err
			}
			out[i] = rendered
		}
		return out, nil
	case map[string]any:
		out := make(map[string]any, len(node))
		for key, value := range node {
			name, err := renderText(key, parameters)
			if err != nil {
				return nil, err
			}
			rendered, err := render(value, parameters)
			if err != nil {
				return nil, err
			}
			out[name] = rendered
		}
		return out, nil
	default:
		return node, nil
	}
}

func main() {
	var requests []request
	if err := json.NewDecoder(os.Stdin).Decode(&requests); err != nil {
		fmt.Fprintln(os.Stderr, "render-templates reads a JSON list of {template, parameters}:", err)
		os.Exit(2)
	}
	answers := make([]answer, len(requests))
	for i, request := range requests {
		result, err := render(request.Template, request.Parameters)
		if err != nil {
			answers[i] = answer{Error: err.Error()}
			continue
		}
		answers[i] = answer{Result: result}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
