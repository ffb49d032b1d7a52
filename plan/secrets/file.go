package secrets

// VariablesFile is the file beside the secrets that holds what compose fills in by
// itself; whoever starts the project reads it into the environment first.
const VariablesFile = variablesFile
