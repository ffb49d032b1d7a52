package project

import "github.com/compose-spec/compose-go/v2/types"

// The model is compose-go's: these names let other packages use its fields
// without importing it.
type (
	Model         = types.Project
	ServiceConfig = types.ServiceConfig
	NetworkConfig = types.NetworkConfig
	VolumeConfig  = types.VolumeConfig
	SecretConfig  = types.SecretConfig
	PortConfig    = types.ServicePortConfig
	MountConfig   = types.ServiceVolumeConfig
)

// Kinds of mounts in a [MountConfig].
const (
	MountBind   = types.VolumeTypeBind
	MountVolume = types.VolumeTypeVolume
	MountTmpfs  = types.VolumeTypeTmpfs
)
