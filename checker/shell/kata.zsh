#compdef kata
# Completion of kata(1) for zsh. What fits is for the program to say.

_kata() {
    local line kata=${words[1]/#\~/$HOME}
    local -a described places

    for line in ${(f)"$("$kata" complete -- "${(@Q)words[2,CURRENT-1]}" \
        "$PREFIX" 2>/dev/null)"}; do
        case $line in
        :file) _files ;;
        :dir) _files -/ ;;
        */) places+=("$line") ;;
        # _describe wants a colon between a word and its help.
        *$'\t'*) described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
        *) described+=("${line//:/\\:}") ;;
        esac
    done
    (( ${#places} )) && compadd -S '' -a places
    (( ${#described} )) && _describe -V kata described
}

if [[ $funcstack[1] == _kata ]]; then
    _kata "$@"
else
    compdef _kata kata
fi
