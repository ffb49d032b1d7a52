package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime"
	"strings"

	"batten/internal/atomicfile"
	"batten/internal/fault"
	"batten/profiles"
	"batten/trace/imports"
)

// ImportRequest says which file of another tool to take over.
type ImportRequest struct {
	File   string
	Format string // auto, strace, spo, oci, apparmor, audit or batten
	Name   string // of the service; "" derives it from the file's name
	Merge  bool
	Image  string // kind: a container of this image; "" is a command
	// Profile is the AppArmor profile whose records of a log count; "" the only one.
	Profile string
}

// ImportFormats are the values that --format takes.
func ImportFormats() []string {
	return []string{"auto", "strace", "spo", "oci", "apparmor", "audit", "batten"}
}

// Import reads what another tool recorded, keeps it as a recording of a service
// and writes its seccomp profile.
func (e *Engine) Import(req ImportRequest) (*ServiceResult, error) {
	data, err := readForImport(req.File)
	if err != nil {
		return nil, err
	}
	rec, notes, err := readImport(req, data)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		e.info(n)
	}
	folder, err := e.open()
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	name := rec.Service.Name
	if err := e.checkStored(folder, []string{name}); err != nil {
		return nil, err
	}
	t := &tracing{engine: e, folder: folder, req: TraceRequest{Merge: req.Merge}, subject: &processSubject{}}
	one, err := t.concludeService(name, []profiles.Recording{rec})
	return &one, err
}

func readForImport(name string) ([]byte, error) {
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	dir, err := atomicfile.Open(filepath.Dir(name))
	if err != nil {
		return nil, fault.Default(fault.Usage, err, "")
	}
	defer dir.Close()
	data, err := dir.Read(filepath.Base(name), maxImport)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Usage, "", "import: %s does not exist", name)
	}
	return data, badFile(err)
}

// maxImport bounds a file to import: logs of strace are long.
const maxImport = 512 << 20

func readImport(req ImportRequest, data []byte) (rec profiles.Recording, notes []string, err error) {
	name := req.Name
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(req.File), filepath.Ext(req.File))
	}
	service := profiles.Service{Name: name, Kind: profiles.KindCommand}
	if req.Image != "" {
		service.Kind, service.Image = profiles.KindContainer, req.Image
	}
	format, err := importFormat(req.Format, data)
	if err != nil {
		return profiles.Recording{}, nil, err
	}
	// Its name is of more use than the file's, unless the user gave one.
	observed := imports.Options{Service: profiles.Service{Name: req.Name, Kind: service.Kind, Image: service.Image},
		Run: profiles.Run{Arch: profiles.NativeArch(runtime.GOARCH), Seccomp: profiles.SeccompUnknown}}
	switch r := bytes.NewReader(data); format {
	case imports.FormatStrace, imports.FormatSummary:
		rec, err = imports.Strace(r, imports.Options{
			Service: service, Run: profiles.Run{Arch: profiles.NativeArch(runtime.GOARCH), Seccomp: profiles.SeccompUnknown},
		})
	case imports.FormatSPO:
		rec, err = imports.SPO(r)
	case imports.FormatOCI:
		rec, err = imports.OCIHook(r)
	case imports.FormatAppArmor:
		rec, notes, err = imports.AppArmor(r, observed)
	case imports.FormatAudit:
		rec, notes, err = imports.Audit(r, req.Profile, observed)
	case imports.FormatRecording:
		rec, err = profiles.DecodeRecording(r)
	case imports.FormatProfile:
		return rec, nil, fault.New(fault.Usage, "merge it with batten profile merge", "import: %s is a profile of batten already", req.File)
	default:
		return rec, nil, fault.New(fault.Usage, "name the format with --format; known are "+join(ImportFormats()[1:]),
			"import: the format of %s is not known", req.File)
	}
	if errors.Is(err, imports.ErrChoose) {
		return rec, nil, fault.Wrap(fault.Usage, fmt.Errorf("import %s: %w", req.File, err), "choose one with --profile")
	}
	if err != nil {
		return rec, nil, fault.Wrap(fault.Usage, fmt.Errorf("import %s: %w", req.File, err), "is it complete, and of the format "+string(format)+"?")
	}
	if req.Name != "" || rec.Service.Name == "" || rec.Service.Name == imports.Unnamed && strings.HasPrefix(rec.Run.Backend, "import/a") {
		rec.Service.Name = name
	}
	if rec.Service.Kind == "" || req.Image != "" {
		rec.Service.Kind, rec.Service.Image = service.Kind, service.Image
	}
	return rec, notes, nil
}

func importFormat(name string, data []byte) (imports.Format, error) {
	switch name {
	case "strace":
		return imports.FormatStrace, nil
	case "spo":
		return imports.FormatSPO, nil
	case "oci":
		return imports.FormatOCI, nil
	case "apparmor":
		return imports.FormatAppArmor, nil
	case "audit":
		return imports.FormatAudit, nil
	case "batten":
		return imports.FormatRecording, nil
	case "auto", "":
		format, err := imports.Detect(bytes.NewReader(data))
		return format, fault.Wrap(fault.Usage, err, "name the format with --format")
	}
	return "", fault.New(fault.Usage, "choose one of "+join(ImportFormats()), "unknown format %q", name)
}
