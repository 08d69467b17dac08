def speak_users_language(get_response):
    return get_response


def frame(request):
    return {}
